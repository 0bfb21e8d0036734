"""What the scripts inside the DAWs cost, measured in the fakes and against a real bridge."""
