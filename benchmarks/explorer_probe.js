// In the page: when each input came, and when a frame answered it. Evaluated once the explorer has painted.
() => {
  const root = document.querySelector(".pmx"), inputs = [], frames = [];
  // The browser's own stamp on the event: what it waited for our code to be free is counted too.
  const came = (event) => {
    if (event.type === "keydown" && ["Control", "Shift"].includes(event.key)) return;
    if (event.type === "pointermove" && !event.buttons) return;
    if (event.target.tagName === "SELECT" ? event.type !== "change" : event.type === "change") return; // a choice is both
    inputs.push({ at: event.timeStamp, move: Number(root.dataset.moves) + 1 }); // it is handled after this
  };
  for (const kind of ["keydown", "wheel", "pointermove", "change", "input"]) {
    addEventListener(kind, came, { capture: true, passive: true });
  }
  // A task after the frame's own tasks: style, layout and painting of this frame are done by then.
  new MutationObserver(() => {
    const frame = { told: Number(root.dataset.told), inputs: inputs.length }, channel = new MessageChannel();
    channel.port1.onmessage = () => frames.push({ ...frame, at: performance.now() });
    channel.port2.postMessage(null);
  }).observe(root, { attributeFilter: ["data-drawn"] });

  window.pmxStill = () => root.dataset.state === "still" && root.dataset.told === root.dataset.moves;
  window.pmxForget = () => { inputs.length = frames.length = 0; };
  window.pmxTold = () => {
    const waited = (fits) => inputs.map((input, index) =>
      (frames.find((frame) => frame.inputs > index && fits(frame, input))?.at ?? Infinity) - input.at);
    return {
      answered: waited((frame, input) => frame.told >= input.move),
      moved: waited(() => true),
      frames: frames.slice(1).map((one, index) => one.at - frames[index].at),
    };
  };
}
