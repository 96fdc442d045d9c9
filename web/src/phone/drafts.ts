import { ref } from 'vue'
import { ask, Refusal, type Problem } from '@/shared/api/client'

/** What was filled in and not sent yet, kept on the phone (IndexedDB) until the server has it. A draft keeps its
 *  Idempotency-Key, so that sending it once more after a lost answer does nothing twice. */
export interface Draft {
  key: string
  /** Where it goes: "/me/records/claim". Empty while it is still being written. */
  path: string
  /** "claim": which form it belongs to. */
  form: string
  title: string
  values: Record<string, unknown>
  parts: Record<string, Record<string, unknown>[]>
  photos: { field: string; name: string; bytes: Blob }[]
  ready: boolean
  /** What the server refused it with. */
  problems?: Problem[]
}

let opened: Promise<IDBDatabase> | undefined
function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('zhijia', 1)
    request.onupgradeneeded = () => request.result.createObjectStore('drafts', { keyPath: 'key' })
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  return opened
}

async function run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const store = (await database()).transaction('drafts', mode).objectStore('drafts')
  return new Promise((resolve, reject) => {
    const request = work(store)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

export const newKey = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`

/** Waiting to be sent. */
export const waiting = ref<Draft[]>([])

export async function loadDrafts(): Promise<Draft[]> {
  const all = (await run('readonly', (store) => store.getAll())) as Draft[]
  waiting.value = all.filter((draft) => draft.ready)
  return all
}
// Vue's proxies cannot be stored: the plain object can.
export const keep = async (draft: Draft) => {
  const plain = { ...draft, values: JSON.parse(JSON.stringify(draft.values)), parts: JSON.parse(JSON.stringify(draft.parts)) }
  plain.photos = draft.photos.map((photo) => ({ ...photo }))
  if (plain.problems) plain.problems = JSON.parse(JSON.stringify(plain.problems))
  await run('readwrite', (store) => store.put(plain))
  await loadDrafts()
}
export const drop = async (key: string) => {
  await run('readwrite', (store) => store.delete(key))
  await loadDrafts()
}

/** Sends one; the answer is the record made. Throws Refusal; of status 0 when there is no network. */
export async function send(draft: Draft): Promise<{ id: string; register: string }> {
  const body: Record<string, unknown> = { values: draft.values }
  if (Object.keys(draft.parts).length) body.parts = draft.parts
  const response = await ask('POST', '/api/v1' + draft.path, { body, headers: { 'Idempotency-Key': draft.key } })
  const made = (await response.json()) as { id: string; register: string }
  await sendPhotos(draft, made)
  await drop(draft.key)
  return made
}

/** Photographs follow the record that they belong to, each with a key of its own. */
async function sendPhotos(draft: Draft, made: { id: string; register: string }) {
  for (const [i, photo] of draft.photos.entries()) {
    await ask('POST', `/api/v1${draft.path}/${made.id}/attachments/${photo.field}`, {
      body: photo.bytes,
      headers: { 'Idempotency-Key': `${draft.key}-${i}`, 'X-File-Name': encodeURIComponent(photo.name) },
    })
  }
}

let isSending = false
/** Sends what waits, one after the other; what is refused keeps what was wrong with it. */
export async function sendWaiting(): Promise<number> {
  if (isSending || !navigator.onLine) return 0
  isSending = true
  let sent = 0
  try {
    for (const draft of (await loadDrafts()).filter((each) => each.ready && !each.problems)) {
      try {
        await send(draft)
        sent += 1
      } catch (fault) {
        if (!(fault instanceof Refusal) || fault.status === 0 || fault.status === 401) break
        await keep({ ...draft, problems: fault.problems })
      }
    }
  } finally {
    isSending = false
  }
  return sent
}
