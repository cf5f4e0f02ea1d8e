/** Views of pages for tests: recorded ones, and such as nobody can record. */
import type { FrameView, PageView } from '../page-view.js';

export const HTTP_PORT = 37510;

export const frameView = (part: Partial<FrameView> = {}): FrameView => ({
  url: 'https://passport.aliyun.com/mini_login.htm',
  marks: [],
  lines: [],
  buttons: [],
  error: '',
  ...part,
});

/** A page with one frame. */
export const pageView = (frame: Partial<FrameView> = {}, page: Partial<PageView> = {}): PageView => ({
  url: 'https://account.aliyun.com/login/login.htm',
  loaded: true,
  organisations: [],
  frames: [frameView(frame)],
  ...page,
});
