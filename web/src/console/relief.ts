import './relief.css'
import { counties } from '@/shared/counties'
import { say } from '@/shared/language'
import { choicesOf, registerOf } from './catalogue'

/** What the pages on families in difficulty have in common. */
export const county = (code: string) => say(counties.find((each) => each.code === code)?.title) || code

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
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
