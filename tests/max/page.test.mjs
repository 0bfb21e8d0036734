// The page behind “Open page”: jobs, takes to listen to, in ASCII, and nothing in it that a name could break.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Stage } from "./fake/stage.mjs";

function opened(stage) {
  stage.max.message("page");
  const [, verb, address] = stage.max.launched.at(-1);
  assert.equal(verb, "launchbrowser");
  const path = decodeURI(address.replace("file://", ""));
  const text = stage.disk.text(path);
  assert.match(text, /^[\x20-\x7e\n]*$/, "Max's File writes ASCII only");
  return text;
}

test("the page of a device that has done nothing yet", () => {
  const text = opened(new Stage());
  assert.match(text, /No job of this device is running/);
  assert.match(text, /has laid nothing into the set yet/);
});

test("the page has the takes to listen to, by their files' addresses", () => {
  const stage = new Stage();
  stage.land("repaint", { variants: 1, tags: "lofi <b>&\"' ü 🎸" });
  const text = opened(stage);
  assert.equal(text.match(/<audio controls preload=none src="file:\/\/\//g).length, 2);
  assert.match(text, /lofi &#60;b&#62;&#38;&#34;&#39; &#252; &#127928;/);
  assert.ok(!text.includes("<b>"));
  assert.match(text, /Variant 2/);
});

test("the page says how far a job is", () => {
  const stage = new Stage();
  stage.press("repaint");
  stage.until(() => stage.bridge.jobs.size === 1);
  assert.match(opened(stage), /Repaint: 0 %/);
});
