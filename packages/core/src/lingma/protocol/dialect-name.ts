/** What is chosen for a turn in the process's own words. */

/** How a conversation is held with the process. */
export type DialectName = 'acp' | 'lsp-chat';
/** How the process treats a turn: as plain talk, or as an agent's that may call tools. */
export type TurnMode = 'chat' | 'agent';
