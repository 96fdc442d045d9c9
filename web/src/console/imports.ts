import { api, ask } from '@/shared/api/client'
import type { Title } from '@/shared/language'

/** An import as the interface has it: checked, mended and taken in steps, and gone on with after a closed page. */
export interface ImportJob {
  id: string
  register: string
  state: 'checking' | 'checked' | 'taking' | 'taken' | 'undoing' | 'undone' | 'cancelled' | 'failed'
  existing: 'overwrite' | 'keep'
  file: { name: string; bytes: number }
  mapping: Mapping | null
  rows_done: number
  report: { rows: number; created: number; changed: number; unchanged: number; faulty: number; faults: number; written: string | null }
  corrections: number
  problems: (Title & { code: string })[]
  made_at: string
}
export interface Mapping {
  sheet: string
  columns: { column: string; header: string; field: string | null; ignored: boolean; by: string }[]
  fields: { field: string; title: Title; required: boolean }[]
}
export interface Fault extends Title {
  row: number
  column: number
  header: string
  cell?: string
  value: string
  code: string
}

/** Its columns are to be settled before a row can be read. */
export const needsColumns = (job: ImportJob) => job.state === 'checked' && job.problems.some((each) => each.code.startsWith('import.'))
export const isAtWork = (job: ImportJob) => job.state.endsWith('ing')

/** Cells that were typed anew and not checked yet, kept in this browser until they are: a closed tab loses nothing. */
export type Mended = Record<string, string>
export const mendedOf = (job: string): Mended => JSON.parse(localStorage.getItem('import.' + job) ?? '{}')
export function keepMended(job: string, cells: Mended) {
  if (Object.keys(cells).length) localStorage.setItem('import.' + job, JSON.stringify(cells))
  else localStorage.removeItem('import.' + job)
}

const place = (register: string, id = '') => `/registers/${register}/imports${id && '/' + id}`

export const imports = {
  begin: async (register: string, file: File, existing: string): Promise<ImportJob> =>
    (
      await ask('POST', '/api/v1' + place(register), {
        query: { name: file.name, existing },
        body: file,
        headers: { 'Content-Type': 'application/octet-stream' },
      })
    ).json(),
  of: async (register: string) => (await api.get<{ items: ImportJob[] }>(place(register))).items,
  show: (register: string, id: string) => api.get<ImportJob>(place(register, id)),
  faults: (register: string, id: string, after: string | null) =>
    api.get<{ items: Fault[]; next: string | null }>(place(register, id) + '/faults', { limit: 200, after }),
  map: (register: string, id: string, columns: { column: string; field: string | null }[]) =>
    api.patch<ImportJob>(place(register, id) + '/mapping', { columns }),
  mend: (register: string, id: string, cells: { cell: string; value: string }[]) =>
    api.patch<ImportJob>(place(register, id) + '/cells', { cells }),
  take: (register: string, id: string, rows: 'all' | 'good') => api.post<ImportJob>(place(register, id) + '/take', { rows }),
  cancel: (register: string, id: string) => api.post<ImportJob>(place(register, id) + '/cancel'),
  undo: (register: string, id: string) => api.post<ImportJob>(place(register, id) + '/undo'),
  markedAddress: (register: string, id: string) => `/api/v1${place(register, id)}/marked.xlsx`,
}
