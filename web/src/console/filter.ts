import { t } from '@/shared/language'
import { choicesOf, isLink, isNumber, registerOf, targetOf, titleOf, type Field, type Register } from './catalogue'

/** One condition of a filter, as the builder shows it. */
export interface Condition {
  path: string // "amount", or "programme.season" over a link
  operator: string
  values: string[]
}

/** A field that may be filtered by: of the register, or of what one of its links leads to. */
export interface Filterable {
  path: string
  title: string
  register: Register
  field: Field
}

const isPerson = (field: Field) => field.type === 'person' || field.type === 'household'

export function filterables(register: Register): Filterable[] {
  const all: Filterable[] = []
  for (const field of register.fields) {
    if (field.secret || isPerson(field) || field.type === 'attachment') continue
    if (!isLink(field)) all.push({ path: field.name, title: titleOf(field), register, field })
    const target = registerOf(targetOf(field) ?? '')
    for (const inner of target?.fields ?? [])
      if (target && !inner.secret && !isLink(inner) && inner.type !== 'attachment')
        all.push({
          path: `${field.name}.${inner.name}`,
          title: `${titleOf(field)} › ${titleOf(inner)}`,
          register: target,
          field: inner,
        })
  }
  return all
}

export interface Operator {
  name: string
  title: string
  inputs: number
}

export function operatorsOf({ register, field }: Filterable): Operator[] {
  const empty = [
    { name: 'empty', title: t('为空', 'is empty'), inputs: 0 },
    { name: 'filled', title: t('不为空', 'is filled in'), inputs: 0 },
  ]
  if (field.type === 'yes_no')
    return [
      { name: 'yes', title: t('为“是”', 'is yes'), inputs: 0 },
      { name: 'no', title: t('为“否”', 'is no'), inputs: 0 },
      ...empty,
    ]
  if (choicesOf(register, field).length > 0)
    return [
      { name: 'in', title: t('是', 'is one of'), inputs: 1 },
      { name: 'not in', title: t('不是', 'is none of'), inputs: 1 },
      ...empty,
    ]
  if (isNumber(field) || field.type === 'date') {
    const isDate = field.type === 'date'
    return [
      { name: 'between', title: t('介于', 'is between'), inputs: 2 },
      { name: '>=', title: isDate ? t('不早于', 'is on or after') : t('至少', 'is at least'), inputs: 1 },
      { name: '<=', title: isDate ? t('不晚于', 'is on or before') : t('至多', 'is at most'), inputs: 1 },
      { name: '=', title: t('等于', 'is'), inputs: 1 },
      ...empty,
    ]
  }
  return [
    { name: 'contains', title: t('包含', 'contains'), inputs: 1 },
    { name: 'starts with', title: t('开头是', 'begins with'), inputs: 1 },
    { name: '=', title: t('等于', 'is'), inputs: 1 },
    ...empty,
  ]
}

const quoted = (text: string) => '"' + text.replaceAll('\\', '\\\\').replaceAll('"', '\\"') + '"'

/** A value as FEEL writes it; nothing when it is not filled in rightly yet. */
function literal(field: Field, text: string): string | undefined {
  const value = text.trim()
  if (value === '') return undefined
  if (field.type === 'date') return /^\d{4}-\d{2}-\d{2}$/.test(value) ? `date("${value}")` : undefined
  if (isNumber(field)) {
    const plain = value.replaceAll(',', '')
    return /^-?\d+(\.\d+)?$/.test(plain) ? plain : undefined
  }
  return quoted(value)
}

function clause(of: Filterable, { path, operator, values }: Condition): string | undefined {
  const name = path
  if (operator === 'empty') return `${name} = null`
  if (operator === 'filled') return `${name} != null`
  if (operator === 'yes' || operator === 'no') return `${name} = ${operator === 'yes'}`
  const literals = values.map((value) => literal(of.field, value)).filter((each) => each !== undefined)
  if (operator === 'in' || operator === 'not in') {
    if (literals.length === 0) return undefined
    const within = literals.length === 1 ? `${name} = ${literals[0]}` : `${name} in (${literals.join(', ')})`
    return operator === 'in' ? within : `not(${within})`
  }
  if (operator === 'between')
    return literals.length === 2 ? `${name} in [${literals[0]}..${literals[1]}]` : undefined
  if (literals.length !== 1) return undefined
  if (operator === 'contains' || operator === 'starts with') return `${operator}(${name}, ${literals[0]})`
  return `${name} ${operator} ${literals[0]}`
}

/** The conditions in FEEL; those not filled in yet are left out. */
export function feelOf(register: Register, conditions: Condition[]): string {
  const fields = filterables(register)
  return conditions
    .map((condition) => {
      const of = fields.find((each) => each.path === condition.path)
      return of && clause(of, condition)
    })
    .filter(Boolean)
    .join(' and ')
}
