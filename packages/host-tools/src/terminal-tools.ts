/** The tools that run commands. A command has the rights of the gateway's user; only its start is in the working folder. */
import type { JsonObject } from '@lingma-gateway/core';
import type { HostTool } from './host-tool.js';
import { HostToolError } from './host-tool-error.js';
import type { ShellCommand } from './shell-command.js';
import { isSet, requiredText, textOf } from './tool-parameters.js';

/** What a command in the background is given to fail at once, or to say that it runs. */
const FIRST_LOOK_MS = 500;

export const runInTerminalTool: HostTool = async (parameters, scope) => {
  const command = requiredText(parameters, 'command');
  if (command.trim() === '') throw new HostToolError('The command is empty');
  if (isSet(parameters, 'isBackground', 'is_background')) {
    const { id, command: started } = await scope.terminals.open(command, scope.toolCallId);
    await new Promise<void>((resolve) => {
      const cancel = scope.clock.schedule(FIRST_LOOK_MS, resolve);
      started.done.then(() => {
        cancel();
        resolve();
      });
    });
    return { terminalId: id, ...outputOf(started) };
  }
  const run = await scope.terminals.run(command);
  const result = outputOf(run);
  switch (run.end?.how) {
    case 'not-started':
      throw new HostToolError('The shell could not be started');
    case 'timed-out':
      throw new HostToolError(
        `The command took longer than ${scope.terminals.timeoutMs / 1000} s and was ended`,
        result,
      );
    case 'aborted':
      throw new HostToolError('The turn is over; the command was ended', result);
    default:
      return result;
  }
};

export const terminalOutputTool: HostTool = (parameters, { terminals }) => {
  const id = textOf(parameters, 'terminalId', 'terminal_id', 'id', 'toolCallId', 'tool_call_id');
  try {
    return Promise.resolve(outputOf(terminals.find(id)));
  } catch (error) {
    return Promise.reject(error);
  }
};

/** A command that fails has run all the same: the model reads why. */
function outputOf(command: ShellCommand): JsonObject {
  const { end } = command;
  return {
    content: command.output,
    isRunning: end === undefined,
    ...(end?.exitCode !== undefined && { exitCode: end.exitCode }),
    ...(command.truncated && { truncated: true }),
  };
}
