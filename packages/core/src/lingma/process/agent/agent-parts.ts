/** What starting agents takes; loaded as one with the first of them (`load-agent.ts`). */
export { AgentChild } from './agent-child.js';
export { AgentFolders } from './agent-folders.js';
export { findProgram } from './find-program.js';
