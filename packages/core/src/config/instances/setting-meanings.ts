/** Settings that mean one thing of a process the gateway starts and another of one that runs already. */
import type { IssueText } from '../texts/bilingual-issue.js';
import { type InstanceSettings, type LingmaSource, lingmaSource, type Origins } from './lingma-source.js';
import { planInstances } from './plan-instances.js';

type Topology = 'one process' | 'several processes' | 'attached';

const RUNNING: IssueText = { en: 'of a Lingma that runs already', 'zh-CN': '指已在运行的灵码' };

const MEANINGS: Readonly<Record<string, Readonly<Record<Topology, IssueText>>>> = {
  'lingma.workDir': {
    'one process': { en: 'of the process that the gateway starts', 'zh-CN': '指网关所启动的进程' },
    'several processes': { en: 'the folders of the pool go by it', 'zh-CN': '池中各目录以它为准' },
    attached: RUNNING,
  },
  'lingma.socketPort': {
    'one process': { en: 'that the process should have', 'zh-CN': '该进程应使用的端口' },
    'several processes': { en: 'not used: each process takes a free port', 'zh-CN': '不使用：每个进程各取空闲端口' },
    attached: RUNNING,
  },
  'lingma.startupTimeoutMs': {
    'one process': { en: 'until the process is ready', 'zh-CN': '直到进程就绪' },
    'several processes': { en: 'until a process is ready', 'zh-CN': '直到进程就绪' },
    attached: { en: 'until the connection is there', 'zh-CN': '直到建立连接' },
  },
};

/** What the setting says here, where that depends on what answers. */
export function meaningOf(path: string, config: InstanceSettings, origins: Origins): IssueText | undefined {
  return MEANINGS[path]?.[topology(config, origins, lingmaSource(config, origins))];
}

function topology(config: InstanceSettings, origins: Origins, source: LingmaSource): Topology {
  if (source !== 'managed') return 'attached';
  const own = planInstances(config, origins).filter(({ kind }) => kind === 'managed');
  return own.length > 1 ? 'several processes' : 'one process';
}
