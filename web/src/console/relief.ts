import './relief.css'
import { counties } from '@/shared/counties'
import { say } from '@/shared/language'
import { choicesOf, registerOf } from './catalogue'
import { saveFile } from './save'

/** What the pages on families in difficulty have in common. */
export const county = (code: string) => say(counties.find((each) => each.code === code)?.title) || code

/** What other rules would do to the households on file; nothing is written. */
export interface Trial {
  files: number
  gains: number
  losses: number
  kinds: Record<string, { before: number; after: number }>
  cost_before: string
  cost_after: string
  differences: { file: string; code: string; region: string; before: string; after: string; cost_before: string; cost_after: string }[]
}

/** "need" of help_programme, by its code. */
export function choiceTitle(register: string, name: string, code: string): string {
  const of = registerOf(register)
  const field = of?.fields.find((each) => each.name === name)
  return (of && field && say(choicesOf(of, field).find((each) => each.code === code)?.title)) || code
}

/** A list handed over as a text that spreadsheets open; a cell that would be a formula is kept from being one. */
export function saveSheet(name: string, rows: (string | number)[][]) {
  const cell = (value: string | number) => {
    const text = typeof value === 'string' && /^[=+\-@\t]/.test(value) ? `'${value}` : String(value)
    return `"${text.replaceAll('"', '""')}"`
  }
  const text = '\ufeff' + rows.map((row) => row.map(cell).join(',')).join('\r\n')
  saveFile(name, new Blob([text], { type: 'text/csv' }))
}
