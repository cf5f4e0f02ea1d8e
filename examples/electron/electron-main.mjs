/**
 * The app's entry, and the only file that needs Electron: `npm i electron`, then `electron electron-main.mjs`. Everything else
 * is handed what it uses, so that `main.mjs` can run it with stand-ins.
 */
import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, ipcMain, MessageChannelMain, utilityProcess } from 'electron';
import { startApp } from './app.mjs';

startApp({
  electron: { app, ipcMain, MessageChannelMain, utilityProcess },
  variant: process.argv.includes('--main-process') ? 'main-process' : 'utility-process',
  createWindow: () => {
    const window = new BrowserWindow({
      webPreferences: { preload: fileURLToPath(new URL('preload.cjs', import.meta.url)) },
    });
    void window.loadFile(fileURLToPath(new URL('index.html', import.meta.url)));
    return window;
  },
});
