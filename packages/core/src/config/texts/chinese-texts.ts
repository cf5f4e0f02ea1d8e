/**
 * What a setting's entry says, in Chinese: one row a setting, by its path. A test holds the table complete, so a new
 * setting needs its row here; until it has one, its English text stands in.
 */

export interface ChineseText {
  readonly doc: string;
  /** Wherever the English entry has one. */
  readonly defaultDoc?: string;
  readonly hint?: string;
  readonly notUsedYet?: string;
}

export const CHINESE_TEXTS: Readonly<Record<string, ChineseText>> = {
  'server.host': { doc: '监听地址。监听本机回环以外的地址时，必须设置客户端密钥。' },
  'server.port': { doc: '监听端口；0 表示任选一个空闲端口。', hint: '0 到 65535 之间的整数；0 表示任选一个空闲端口' },
  'server.allowAnonymous': {
    doc: '允许在没有客户端密钥的情况下监听本机回环以外的地址。能连上该端口的人都在使用你的灵码账号。',
  },
  'server.allowedHosts': { doc: '监听本机回环地址时，请求的 Host 头还可以是哪些名字（不含端口）。' },
  'server.corsOrigins': {
    doc: '允许哪些来源在浏览器或内嵌网页里调用网关：`https://chat.example`、`chrome-extension://<id>`、某个协议的全部来源（如 `vscode-webview://*`、`app://*`），或 `null`。不设置时只允许本机的网页。',
  },
  'server.maxBodyBytes': { doc: '请求体的最大字节数，超出则返回 413。' },
  'server.shutdownGraceMs': {
    doc: '收到 SIGTERM 或 SIGINT 后，正在处理的请求还可以运行多久。再收到一次信号则立即结束。',
  },
  'server.logLevel': { doc: '写到 stderr 的日志级别。' },
  'server.logFormat': {
    doc: '日志行的格式：`pretty` 供人阅读，`json` 供程序处理；`auto` 在终端里用前者，其余情况用后者。',
  },
  'server.demo': {
    doc: '由自带的模拟器回答。`--no-demo` 则永不使用模拟器，即使找不到灵码也不用。',
    defaultDoc: '仅当没有任何配置指向灵码（地址、`--bin`、账号）且找不到灵码时使用',
  },
  'auth.clientKeys': {
    doc: '客户端密钥，以 `Authorization: Bearer …`、`x-api-key` 或 `api-key` 发送。一个都不设时，所有请求都放行。',
    hint: '以逗号分隔的密钥列表',
  },
  'admission.maxBodyMemoryBytes': {
    doc: '所有未完成请求的正文解压后总共可占用的字节数，超出则返回 429。不会小于 `server.maxBodyBytes`。',
  },
  'admission.maxInFlight': { doc: '同时处理的请求数，超出的排队等待。0 表示不限。' },
  'admission.queueTimeoutMs': { doc: '请求最多排队多久，超时返回 429。0 表示不排队。' },
  'lingma.transport': {
    doc: '如何连接灵码。`pipe` 在 Windows 上是命名管道，在其他系统上是 unix socket。',
  },
  'lingma.wsUrl': {
    doc: '正在运行的灵码的 WebSocket 地址，例如 `ws://127.0.0.1:36510/`。设置后不再自动查找。',
    hint: '形如 ws://127.0.0.1:36510/ 的地址',
  },
  'lingma.socketPort': {
    doc: '本机上正在运行的灵码的 WebSocket 端口，等同于 `ws://127.0.0.1:<port>/`。0 表示没有。',
  },
  'lingma.pipe': { doc: '正在运行的灵码的命名管道（Windows）或 unix socket。设置后不再自动查找。' },
  'lingma.socket': { doc: '正在运行的灵码的 unix socket。设置后不再自动查找。' },
  'lingma.infoFile': {
    doc: '灵码的 `.info.json`（或 `.info`）文件，其中写有它的地址；也可以是该文件所在的目录。最先查找这里。',
  },
  'lingma.workDir': {
    doc: '灵码的工作目录，即 `.info.json` 和 `cache` 所在的目录。最先查找这里。',
    defaultDoc: '查找各个已知位置',
  },
  'lingma.bin': {
    doc: '灵码的可执行文件。',
    notUsedYet: '网关只连接已经在运行的灵码；请先启动 IDE 或灵码本身',
  },
  'lingma.dedicatedDomainUrl': {
    doc: '登录所用的企业专属域名。',
    notUsedYet: '网关沿用灵码已有的登录状态；请在 IDE 中登录',
  },
  'lingma.dialect': { doc: '用两种对话方言中的哪一种与灵码通信。`auto` 先尝试 ACP，不行再用 LSP chat。' },
  'lingma.mode': {
    doc: '请求没有指明模式时，灵码以哪种模式处理。模型名 `agent` 和 `lingma-agent` 表示 `agent`。',
  },
  'lingma.sessionMode': {
    doc: '`auto` 在对话原有的灵码会话里继续，只发送新增内容；`fresh` 为每个请求新建一个会话，结束后删除；`reuse` 每个模型保留一个会话。',
  },
  'lingma.cwd': { doc: '让灵码在哪个目录下工作，该目录必须存在。', defaultDoc: '启动网关时所在的目录' },
  'lingma.nativeTools': {
    doc: '如何处理灵码自带的工具。`report`：一律拒绝，但把灵码想做的操作写进思考内容。`run`：灵码可以读写、删除工作目录下的文件，并以你的权限执行命令。只能在本机回环地址上使用；每次调用都会在日志中留下一行。',
  },
  'lingma.currentFilePath': { doc: '告诉灵码编辑器里打开的是哪个文件。' },
  'lingma.shellType': {
    doc: '告诉灵码命令在哪种 shell 里执行，例如 `bash` 或 `powershell`。',
    defaultDoc: '取 `$SHELL` 的文件名；没有则用操作系统常用的 shell',
  },
  'lingma.maxConnections': {
    doc: '同时与灵码保持的连接数；连接按需建立，空闲后关闭。`0` 表示不限。',
  },
  'lingma.turnsPerConnection': {
    doc: '一条灵码连接同时承载的回答数。回答很多时，调大可节省连接和时间；仅适用于确知能在同一连接上并行对话的灵码。此时慢客户端未读取的内容留在内存中，每个回答最多 32 MiB。',
  },
  'lingma.startupTimeoutMs': { doc: '查找灵码、建立连接并完成握手的时限。' },
  'lingma.rpcTimeoutMs': { doc: '灵码为回答做准备（方言、模型、会话）的时限。' },
  'lingma.firstEventTimeoutMs': { doc: '灵码开始回答的时限。' },
  'lingma.idleTimeoutMs': { doc: '回答途中灵码最多可以沉默多久。客户端读得慢时不计时。' },
  'lingma.totalTimeoutMs': {
    doc: '一次回答的总时限。0 表示不限。',
    hint: '秒数，或 90s、5m 这样的时长；0 表示不限',
  },
  'models.defaultModel': {
    doc: '请求没有指定模型，或灵码没有该模型时使用的模型。可写 id 或显示名，不分大小写。',
    defaultDoc: '灵码自己的默认模型',
  },
  'models.aliases': {
    doc: '额外的模型名，以及它们各自代表的模型。',
    hint: '形如 gpt-4o=qwen3-coder 的键值对，以逗号分隔',
  },
  'models.listAliases': {
    doc: '是否让 OpenAI 客户端也看到代表默认模型的 `claude-*` 名字。Anthropic 客户端总能看到。',
  },
  'models.tokenCounter': {
    doc: '灵码没有报告用量时，用什么计算 token 数。`estimate`：按字符种类估算，与 OpenAI 的 o200k 大多相差 5% 以内；`vocabulary`：使用 o200k 词表本身，约多占 70 MB 内存，也更慢。',
  },
  'streaming.keepAliveMs': { doc: '流沉默多久后发送一次保活。' },
  'debug.bodies': {
    doc: '允许日志记录外部内容，例如灵码对失败原因的原话，其中可能引用提示词。不开启时只记录其长度和代码。',
  },
  'streaming.commitAfterMs': {
    doc: '流等待第一个事件多久后先返回 200。在此之前的失败各有自己的状态码。',
  },
  'toolForwarding.enabled': {
    doc: '在灵码的方言支持时，是否把调用方的工具也交给灵码本身（智能体模式，使用 `tool_config`）。',
  },
  'toolForwarding.onMissedCall': {
    doc: '要求调用工具而模型两次都没有调用时，客户端得到什么：错误（502），或模型写下的文本。',
  },
  'toolForwarding.allowlist': { doc: '可以提供给模型的工具；为空表示全部。强制调用其他工具返回 400。' },
  'images.remoteFetch': { doc: '是否下载以 http(s) 地址给出的图片。私有地址和本机地址一律拒绝。' },
  'images.localFiles': { doc: '是否从本机磁盘读取以路径或 `file:` 地址给出的图片。' },
  'images.onUnsupported': {
    doc: '模型看不了图片或图片无法取得时：以 `[image]` 代替并告警，或返回 400。',
  },
  'images.maxBytes': { doc: '单张图片的最大字节数。' },
  'images.fetchTimeoutMs': { doc: '下载一张图片的时限。' },
};
