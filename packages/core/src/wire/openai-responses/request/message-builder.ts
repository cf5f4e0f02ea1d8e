/** Gathers parts into messages: neighbours of one role make one message, results follow the calls they stand behind. */
import type { AssistantPart, ChatMessage, ToolResultPart } from '../../../chat/index.js';

export class MessageBuilder {
  readonly messages: ChatMessage[] = [];
  #assistant: AssistantPart[] | undefined;
  #results: ToolResultPart[] | undefined;

  push(message: Extract<ChatMessage, { role: 'system' | 'user' }>): void {
    this.#assistant = undefined;
    this.#results = undefined;
    this.messages.push(message);
  }

  assistant(...parts: readonly AssistantPart[]): void {
    if (parts.length === 0) return;
    this.#results = undefined;
    if (this.#assistant === undefined) {
      this.#assistant = [];
      this.messages.push({ role: 'assistant', content: this.#assistant });
    }
    this.#assistant.push(...parts);
  }

  result(part: ToolResultPart): void {
    this.#assistant = undefined;
    if (this.#results === undefined) {
      this.#results = [];
      this.messages.push({ role: 'tool', content: this.#results });
    }
    this.#results.push(part);
  }
}
