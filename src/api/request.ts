/** One call of the server's API: a JSON body there, a JSON body back, and errors as they were said. */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

const PREFIX = 'multicloud-lab/api';

/** Milliseconds after which a call is given up; the server's own deadlines are shorter. */
const DEADLINE = 120_000;

/** What the server said went wrong: a stable code, and a sentence for a person. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

type Query = Record<
  string,
  string | number | boolean | readonly string[] | null | undefined
>;

/** What is sent with a call. */
export interface ICall {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** What is undefined, null or empty is left out. */
  query?: Query;
  body?: unknown;
  /** Gives the call up. */
  signal?: AbortSignal;
}

/**
 * Call the API.
 *
 * @param settings - Of the Jupyter server, from the service manager.
 * @param parts - The parts of the path below the API's prefix; each is encoded here.
 * @param call - Method, query and body.
 * @throws ApiError - The answer was not a good one, or there was none; `aborted` if it was given up.
 */
export async function request<T>(
  settings: ServerConnection.ISettings,
  parts: readonly string[],
  call: ICall = {}
): Promise<T> {
  const path = parts.map(encodeURIComponent).join('/');
  const url = URLExt.join(settings.baseUrl, PREFIX, path) + queryOf(call.query);
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), DEADLINE);
  const giveUp = () => abort.abort();
  call.signal?.addEventListener('abort', giveUp);
  if (call.signal?.aborted) {
    giveUp();
  }
  try {
    const response = await ServerConnection.makeRequest(
      url,
      {
        method: call.method ?? 'GET',
        // JupyterLab's default would add the time to the query, which our server does not know.
        cache: 'no-cache',
        body: call.body === undefined ? undefined : JSON.stringify(call.body),
        signal: abort.signal
      },
      settings
    );
    const text = await response.text();
    if (!response.ok) {
      throw errorOf(response, text);
    }
    return (text ? JSON.parse(text) : undefined) as T;
  } catch (error) {
    if (error instanceof ApiError) {
      throw error;
    }
    if (call.signal?.aborted) {
      throw new ApiError('aborted', 'The question was given up.', 0);
    }
    throw new ApiError(
      'server-unreachable',
      'The Jupyter server does not answer; check that it still runs.',
      0
    );
  } finally {
    clearTimeout(timer);
    call.signal?.removeEventListener('abort', giveUp);
  }
}

function queryOf(query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    const empty = value === undefined || value === null || value === '';
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const item of empty ? [] : items) {
      search.append(key, String(item));
    }
  }
  const text = search.toString();
  return text ? `?${text}` : '';
}

function errorOf(response: Response, text: string): ApiError {
  try {
    const said = JSON.parse(text) as { code?: unknown; message?: unknown };
    if (typeof said.code === 'string' && typeof said.message === 'string') {
      return new ApiError(said.code, said.message, response.status);
    }
  } catch {
    // Not our extension that answered: a proxy, or a server without it.
  }
  return response.status === 404
    ? new ApiError(
        'extension-missing',
        'The Jupyter server has no Multi-Cloud Lab; install it there: ' +
          'jupyter server extension enable multicloud_lab',
        404
      )
    : new ApiError(
        'unexpected-answer',
        `The Jupyter server answered ${response.status} ${response.statusText}.`,
        response.status
      );
}
