/**
 * The app's life: one instance a user, state in `userData`, a window that gets a port to the gateway, and a quit that waits until
 * running answers have ended.
 */
import { runInMainProcess } from './main-process.mjs';
import { runInUtilityProcess } from './utility-process.mjs';

/** Milliseconds that running answers have when the app quits. */
const GRACE_MS = 10_000;

/**
 * `electron`: the modules that are used. `variant`: where the gateway runs. In the main process it is simpler; in one of its own it
 * keeps windows smooth while it works, and a crash of it is not the app's. `settings` go over those of the app.
 */
export async function startApp({ electron, variant, createWindow, settings = {}, graceMs = GRACE_MS }) {
  const { app, ipcMain } = electron;
  // Two apps would start two Lingmas in one folder.
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return undefined;
  }
  await app.whenReady();
  const options = { dataDir: app.getPath('userData'), settings };
  const host = variant === 'main-process' ? runInMainProcess(options) : runInUtilityProcess(electron, options);

  const window = createWindow();
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  // A page that is loaded anew asks again.
  ipcMain.on('lingma-connect', ({ sender }) => {
    const { port1, port2 } = new electron.MessageChannelMain();
    host.connect(port1);
    sender.postMessage('lingma-port', null, [port2]);
  });

  let state = 'open';
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    if (state === 'closed') return;
    event.preventDefault();
    if (state === 'closing') return;
    state = 'closing';
    void host.close(graceMs).finally(() => {
      state = 'closed';
      app.quit();
    });
  });
  return { host, window };
}
