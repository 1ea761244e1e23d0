// Starts the page's own program once more, in the background, for one long piece of work.
self.onmessage = async ({ data }) => {
  self.onmessage = null;
  self.lightconeJob = data.job;
  try {
    const program = await import(data.program);
    await program.default({ module_or_path: data.wasm });
  } catch (e) {
    self.postMessage(JSON.stringify({ error: String(e) }));
  }
};
