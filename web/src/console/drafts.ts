import type { Entries } from './entry'

/** What was typed and not saved yet, kept in this browser until it is, so that a closed tab loses nothing. */
interface Draft {
  entries: Entries
  version: number
  at: string
}

const keyOf = (register: string, id: string) => `draft.${register}.${id}`

export function readDraft(register: string, id: string): Draft | undefined {
  try {
    return (JSON.parse(localStorage.getItem(keyOf(register, id)) ?? 'null') as Draft | null) ?? undefined
  } catch {
    return undefined
  }
}
export function keepDraft(register: string, id: string, entries: Entries, version: number) {
  localStorage.setItem(keyOf(register, id), JSON.stringify({ entries, version, at: new Date().toISOString() }))
}
export const dropDraft = (register: string, id: string) => localStorage.removeItem(keyOf(register, id))

/** All drafts there are, for the home page. */
export function allDrafts(): { register: string; id: string; at: string }[] {
  return Object.keys(localStorage)
    .map((key) => /^draft\.([a-z0-9_]+)\.(\w+)$/.exec(key))
    .filter((match) => match !== null)
    .map((match) => ({ register: match[1]!, id: match[2]!, at: readDraft(match[1]!, match[2]!)?.at ?? '' }))
    .sort((a, b) => b.at.localeCompare(a.at))
}
