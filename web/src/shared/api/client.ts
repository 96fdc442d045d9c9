import { say, type Title } from '../language'

/** What the interface refuses with (RFC 9457): each problem says in both languages what is wrong and what cures it. */
export interface Problem extends Title {
  code: string
  field?: string
  record?: string
  file?: string
  sheet?: string
  cell?: string
}

export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly problems: Problem[],
  ) {
    super(problems.map(say).join(' '))
  }
  has(code: string): boolean {
    return this.problems.some((problem) => problem.code === code)
  }
  /** The problem of a field, to be shown beside it. */
  of(field: string): Problem | undefined {
    return this.problems.find((problem) => problem.field === field)
  }
}

const unreachable: Problem = {
  code: 'network',
  zh: '连接不上服务器，请检查网络后重试。填写的内容还在。',
  en: 'The server cannot be reached. Check the network and try again; what you filled in is kept.',
}
const unreadable: Problem = {
  code: 'answer',
  zh: '服务器的回答无法识别，请稍后重试。',
  en: 'The answer of the server cannot be understood. Try again later.',
}

export type Query = Record<string, string | number | boolean | undefined | null>

export interface Asked {
  query?: Query
  body?: unknown
  /** The version that was seen, of a record that is to be changed. */
  version?: number
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** Brought back with every write; set by who signs in. */
let csrf = ''
export const setCsrf = (token: string) => (csrf = token)

/** Called when the session has ended; the page shows its sign-in then. */
let onSignedOut = () => {}
export const whenSignedOut = (act: () => void) => (onSignedOut = act)

export function address(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(given(query))) parameters.set(name, String(value))
  const text = parameters.toString()
  return text ? `${path}?${text}` : path
}

/** Less what is not said. */
export const given = (terms: Query): Query =>
  Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== undefined && value !== null && value !== ''))

async function refusalOf(response: Response): Promise<Refusal> {
  const details = (await response.json().catch(() => null)) as { problems?: Problem[] } | null
  return new Refusal(response.status, details?.problems?.length ? details.problems : [unreadable])
}

/** The answer itself, of a request that was not refused. Throws Refusal, of the network too. */
export async function ask(method: string, path: string, asked: Asked = {}): Promise<Response> {
  const headers: Record<string, string> = { ...asked.headers }
  if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf
  if (asked.version !== undefined) headers['If-Match'] = `"${asked.version}"`
  let body: BodyInit | undefined
  if (asked.body instanceof Blob || asked.body instanceof FormData) body = asked.body
  else if (asked.body !== undefined) {
    headers['Content-Type'] = 'application/json'
    body = JSON.stringify(asked.body)
  }
  let response: Response
  try {
    response = await fetch(address(path, asked.query), { method, headers, body, signal: asked.signal })
  } catch (fault) {
    if (asked.signal?.aborted) throw fault
    throw new Refusal(0, [unreachable])
  }
  if (response.ok) return response
  const refusal = await refusalOf(response)
  if (refusal.has('session.none')) onSignedOut()
  throw refusal
}

async function json<T>(method: string, path: string, asked?: Asked): Promise<T> {
  const response = await ask(method, path, asked)
  return (response.status === 204 ? undefined : await response.json()) as T
}

/** A file sent as it is, by the older way of asking: fetch does not tell how much of a body is on its way. Throws Refusal. */
export function send<T>(path: string, file: Blob, headers: Record<string, string>, onSent: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', '/api/v1' + path)
    for (const [name, value] of Object.entries(csrf ? { ...headers, 'X-CSRF-Token': csrf } : headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = (event) => event.lengthComputable && onSent(event.loaded / event.total)
    request.onerror = () => reject(new Refusal(0, [unreachable]))
    request.onload = () => {
      const answer = JSON.parse(request.responseText || 'null') as (T & { problems?: Problem[] }) | null
      if (request.status < 300) return resolve(answer as T)
      const refusal = new Refusal(request.status, answer?.problems?.length ? answer.problems : [unreadable])
      if (refusal.has('session.none')) onSignedOut()
      reject(refusal)
    }
    request.send(file)
  })
}

/** The JSON interface below /api/v1. What a write is repeated with (a lost answer) is the caller's Idempotency-Key. */
export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => json<T>('GET', '/api/v1' + path, { query, signal }),
  /** A question whose terms travel in the body: what somebody looks for may be a whole identity number, and addresses are kept. */
  ask: <T>(path: string, terms: Query, signal?: AbortSignal) => json<T>('POST', '/api/v1' + path, { body: given(terms), signal }),
  post: <T>(path: string, body?: unknown, asked?: Asked) => json<T>('POST', '/api/v1' + path, { ...asked, body }),
  put: <T>(path: string, body?: unknown, asked?: Asked) => json<T>('PUT', '/api/v1' + path, { ...asked, body }),
  patch: <T>(path: string, body: unknown, asked?: Asked) => json<T>('PATCH', '/api/v1' + path, { ...asked, body }),
  delete: (path: string) => json<void>('DELETE', '/api/v1' + path),
}
