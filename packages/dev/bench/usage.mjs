/** Lets the bench ask a child what it used so far: CPU microseconds and resident bytes after a collection. */
export function answerUsage() {
  process.on('message', (message) => {
    if (message.ask !== 'usage') return;
    if (message.collect) globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    process.send({
      usage: { cpu: user + system, rss: process.memoryUsage.rss(), heap: process.memoryUsage().heapUsed },
    });
  });
  process.on('disconnect', () => process.exit(0));
}
