/** Hands the page its port. Needs no Node in the page, and gives it nothing but that. */
const { ipcRenderer } = require('electron');

window.addEventListener('DOMContentLoaded', () => ipcRenderer.send('lingma-connect'));
ipcRenderer.on('lingma-port', (event) => window.postMessage('lingma-port', '*', event.ports));
