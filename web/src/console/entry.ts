import { t } from '@/shared/language'
import { choicesOf, isLinkValue, type Field, type FlowStep, type LinkValue, type Register, type Row, type Value } from './catalogue'

/** What is typed into a form: texts as they stand in its fields, links, and persons by name and number. */
export interface PersonEntry {
  name: string
  identity_number: string
}
export type Entry = string | boolean | null | LinkValue | PersonEntry
export type Entries = Record<string, Entry>

export const isPersonField = (field: Field) => field.type === 'person' || field.type === 'household'
export const isPersonEntry = (entry: Entry | undefined): entry is PersonEntry =>
  typeof entry === 'object' && entry !== null && 'identity_number' in entry

/** The fields that a form asks for: a state is changed by steps, files have addresses of their own, and what is computed is changed by nobody. */
export const enteredFields = (register: Register) =>
  register.fields.filter((field) => field.name !== 'state' && !field.computed && field.type !== 'attachment')

/** The fields that a step asks for, those that must have a value after it first; files have addresses of their own. */
export const askedFields = (register: Register, step: Pick<FlowStep, 'with' | 'may'> | undefined): Field[] =>
  [...(step?.with ?? []), ...(step?.may ?? [])]
    .map((name) => register.fields.find((field) => field.name === name && field.type !== 'attachment'))
    .filter((field): field is Field => !!field)
    .map((field) => ({ ...field, required: !!step?.with?.includes(field.name) }))

function begun(field: Field, value: Value | undefined): Entry {
  if (isLinkValue(value)) return value
  if (value === null || value === undefined) return field.type === 'yes_no' ? null : ''
  return typeof value === 'boolean' ? value : String(value)
}

/** A default is written in a pack as in a workbook: 是, a choice's Chinese title or its code. */
function initial(register: Register, field: Field): Value {
  if (!field.default) return null
  if (field.type === 'yes_no') return field.default === '是'
  return choicesOf(register, field).find((choice) => choice.title.zh === field.default)?.code ?? field.default
}

export function entriesOf(register: Register, row?: Row): Entries {
  return Object.fromEntries(
    enteredFields(register).map((field) => [
      field.name,
      row ? (row.masked.includes(field.name) ? '' : begun(field, row.values[field.name])) : begun(field, initial(register, field)),
    ]),
  )
}

/** What is sent: only what was changed, and a secret only when it was typed anew. */
export function changedValues(register: Register, entries: Entries, row?: Row): Record<string, unknown> {
  const before = entriesOf(register, row)
  const values: Record<string, unknown> = {}
  for (const field of enteredFields(register)) {
    const entry = entries[field.name]
    if (row && JSON.stringify(entry) === JSON.stringify(before[field.name])) continue
    if (!row && (entry === '' || entry === null || entry === undefined)) continue
    values[field.name] = sentValue(field, entry)
  }
  return values
}

/** An entry as the interface takes it. */
export function sentValue(field: Field, entry: Entry | undefined): unknown {
  if (entry === '' || entry === null || entry === undefined) return null
  if (isPersonEntry(entry)) return { name: entry.name.trim(), identity_number: entry.identity_number.trim() }
  if (isLinkValue(entry as Value)) return { id: (entry as LinkValue).id }
  if (typeof entry === 'boolean') return entry
  const text = (entry as string).trim()
  if (field.type === 'integer') return /^-?\d+$/.test(text) ? Number(text) : text
  return field.type === 'money' || field.type === 'decimal' ? text.replaceAll(',', '') : text
}

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
/** Whether the check digit of an identity number is right (GB 11643-1999). */
export function isIdentityNumber(text: string): boolean {
  if (!/^\d{17}[\dXx]$/.test(text)) return false
  const sum = weights.reduce((total, weight, place) => total + weight * Number(text[place]), 0)
  return '10X98765432'[sum % 11] === text[17]!.toUpperCase()
}

/** What can be seen to be wrong before it is sent. The program checks it all again. */
export function faultOf(field: Field, entry: Entry | undefined, isKept: boolean): string {
  const isEmpty =
    entry === null || entry === undefined || entry === '' || (isPersonEntry(entry) && !entry.name && !entry.identity_number)
  if (isEmpty) return field.required && !isKept ? t('必须填写。', 'This is needed.') : ''
  if (isPersonEntry(entry)) {
    if (!entry.name.trim()) return t('请填写姓名。', 'Fill in the name.')
    return isIdentityNumber(entry.identity_number.trim())
      ? ''
      : t('身份证号有误：应为 18 位，且末位校验码相符。', 'The identity number is wrong: 18 places, the last of which checks the others.')
  }
  if (typeof entry !== 'string') return ''
  const text = entry.trim().replaceAll(',', '')
  if (field.type === 'money' && !/^-?\d+(\.\d{1,2})?$/.test(text))
    return t('金额应为元，最多两位小数，如 1234.50。', 'An amount is in yuan with at most two decimals, such as 1234.50.')
  if (field.type === 'integer' && !/^-?\d+$/.test(text)) return t('应为整数。', 'A whole number is wanted.')
  if (field.type === 'decimal' && !/^-?\d+(\.\d+)?$/.test(text)) return t('应为数字。', 'A number is wanted.')
  if (field.type === 'identity_number' && !isIdentityNumber(text))
    return t('身份证号有误：应为 18 位，且末位校验码相符。', 'The identity number is wrong: 18 places, the last of which checks the others.')
  if (field.type === 'phone' && !/^(\+86)?1\d{10}$|^0\d{2,3}-?\d{7,8}$/.test(text.replaceAll(' ', '')))
    return t('电话号码应为 11 位手机号或带区号的座机号。', 'A mobile number of 11 digits, or a line with its area code.')
  return ''
}
