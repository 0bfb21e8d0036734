"""Put the scripts into a DAW's folders, and take them out again."""
