/** Whether an answer calls what it had to, and whether a model that has tools claims to have none. */
import { type ChatResult, chosenTool, type ToolChoice, textOf } from '../../chat/index.js';

/** Longer answers that mention missing tools are about something else, unless they end with that. */
const MAX_REFUSAL = 700;
const CONCLUSION = 250;

const VERB =
  '(?:directly |actually |currently |really )?(?:call|invoke|use|run|execute|access|read|open|see|view|browse|search|edit|modify|write|create|delete|interact with)';
/** What a model without tools says it can't reach. One certain file or command is not among them: that may have failed. */
const OBJECT =
  '(?:(?:to |with |on |any |the |your |local |external |real |actual |shell |terminal |system |bash |my own )*' +
  '(?:tools|functions|files|commands|scripts|code|file ?systems?|codebase|repositor(?:y|ies)|computer|machine|terminal|shell|environment|workspace|internet|web)\\b|' +
  '(?:files?|commands?|code) (?:directly|on your|in your|for you)\\b)';
const UNABLE = "(?:can'?t|cannot|can not|am not able to|'m not able to|am unable to|'m unable to|have no way to)";
const LACK =
  "(?:(?:currently |actually |really |just )?(?:(?:do not|don'?t) (?:currently |actually |really )?have|have no|lack|(?:do not|don'?t) possess))";
/** A name as models quote it: a word with an underscore or marks around it, since any noun may stand before "tool". */
const QUOTED = '(?:`[\\w.-]+`|"[\\w.-]+"|\'[\\w.-]+\'|\\w+_\\w+)';

const ENGLISH = new RegExp(
  [
    `\\b(?:i|we) ?${UNABLE} ${VERB} ${OBJECT}`,
    `\\b(?:i|we) ${LACK} (?:the |any |direct |a |an )*(?:tools\\b|function[- ]calling|tool[- ]calling|(?:ability|capability|means|way) to ${VERB} ${OBJECT}|` +
      `tool access\\b|${QUOTED} (?:tool|function)\\b|a (?:tool|function) (?:for|to|that)\\b|` +
      // One certain file may be out of reach for reasons of its own.
      `(?:direct )?access to (?:any |the |your |a |an |such |local |external )*(?:tools?|functions?|files?(?! \\S*[./]\\S)|file ?systems?|codebase|repository|computer|machine|terminal|shell|environment|workspace|project)\\b)`,
    '\\bno (?:such )?(?:tools?|functions?) (?:is|are|were|have been) (?:currently )?(?:available|provided|given|offered)\\b',
    '\\bthere (?:is|are) (?:currently )?no (?:tools?|functions?) (?:available|provided|given|offered|for me|to me|that i|i can)\\b',
    `${QUOTED} (?:tool|function) (?:is not|isn'?t) (?:currently )?(?:available|accessible|enabled|provided)\\b`,
    "\\b(?:tool|function)[- ](?:calling|calls?|use) (?:is|are)(?: not|n'?t) (?:currently )?(?:supported|available|enabled|possible)\\b",
  ].join('|'),
  'i',
);

const CHINESE = new RegExp(
  [
    '(?:我|当前|目前|这里|此处|现在)[^。！？\\n，,]{0,8}(?:没有|缺少|不具备)(?:任何|可用的|可以使用的|可调用的|相关的|直接|外部|实际|的|访问|使用|调用|执行|运行|读取|写入|你|您|本地)*(?:工具|函数|文件系统|终端|命令行)',
    '我[^。！？\\n，,]{0,8}(?:无法|不能|没办法|没法)(?:直接|真正|实际)?(?:访问|读取|查看|打开|浏览|修改|编辑|写入|创建|操作)(?:你|您)(?:的)?(?:本地|电脑|计算机|项目|文件|代码|仓库|系统|工作区)',
    '我[^。！？\\n，,]{0,8}(?:无法|不能|没办法|没法)(?:直接|真正|实际)?(?:访问|读取|查看|打开|浏览|修改|编辑|写入|创建|操作)(?:任何|本地|外部)(?:的)?(?:文件|代码|仓库|系统|网络)',
    '我[^。！？\\n，,]{0,8}(?:无法|不能|没办法|没法)(?:直接|真正|实际)?(?:执行|运行)(?:任何|系统|终端|命令行|你的|您的|shell ?)*(?:命令|代码|脚本)(?!失败|出错)',
    '我[^。！？\\n，,]{0,8}(?:无法|不能|没办法|没法)(?:直接|真正|实际)?(?:调用|使用)(?:任何|外部|这些)*(?:工具|函数)',
    '没有(?:被)?(?:提供|配置|授予|给我)(?:任何|可用的|相关的|的)*(?:工具|函数)',
    '我(?:目前|现在|这里|当前|并|也)*没有[ `“「"]*[A-Za-z][\\w.-]*[ `”」"]*(?:这个|这一|该|的)?(?:工具|函数)',
    '没有(?:任何)?可(?:用|供使用|供调用|以使用|以调用)的?(?:工具|函数)',
  ].join('|'),
  'i',
);

/** True for an answer without calls that claims to have no tools: anywhere in a short one, at the end of a long one. */
export function claimsNoTools(answer: ChatResult): boolean {
  if (answer.finishReason !== 'stop' || hasCall(answer)) return false;
  const whole = textOf(answer);
  const text = whole.length > MAX_REFUSAL ? whole.slice(-CONCLUSION) : whole;
  return ENGLISH.test(text.replaceAll('\u2019', "'").replace(/\s+/g, ' ')) || CHINESE.test(text);
}

/**
 * Whether a demanded call is there. An answer that the length limit or the filter cut is no failure to call: it ends
 * with its own finish reason.
 */
export function meetsChoice(answer: ChatResult, choice: ToolChoice): boolean {
  if (choice.type !== 'tool' && choice.type !== 'required') return true;
  if (answer.finishReason === 'length' || answer.finishReason === 'content-filter') return true;
  return hasCall(answer, choice);
}

/** Any call, or one of the tool that `choice` names. */
function hasCall(answer: ChatResult, choice?: ToolChoice): boolean {
  return answer.content.some((block) => {
    if (block.type !== 'tool-call' || block.executedBy !== 'client' || block.incomplete === true) return false;
    const { toolName, namespace } = block;
    if (choice?.type !== 'tool') return true;
    return chosenTool([{ name: toolName, ...(namespace !== undefined && { namespace }) }], choice) !== undefined;
  });
}
