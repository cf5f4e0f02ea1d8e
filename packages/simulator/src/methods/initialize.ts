import { stringMember } from '../json-object.js';
import type { Handler } from './call.js';

/** `initialize` in both forms, protocol section 4; one call serves both dialects. */
export const initialize: Handler = ({ lingma, client, params }) => {
  const { serverName, serverVersion, echoProtocolVersion } = lingma.switches;
  client.initialized = true;
  client.isIde = /^Qoder(CN)? IDE$/.test(stringMember(params, 'ideSeries'));
  lingma.recorder.stats.initializes += 1;
  if (!Array.isArray(params.workspaceFolders) || params.workspaceFolders.length === 0) {
    lingma.log('get mtree failed: workspacePath is empty');
  }
  return {
    ...(echoProtocolVersion && params.protocolVersion !== undefined ? { protocolVersion: params.protocolVersion } : {}),
    capabilities: {
      textDocumentSync: { openClose: true, change: 1, save: {} },
      completionProvider: { triggerCharacters: ['.'] },
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
    },
    serverInfo: { name: serverName, version: serverVersion },
    experimental: { features: {} },
  };
};
