import { counties } from '@/shared/counties'
import { day, yuan } from '@/shared/format'
import { say, t } from '@/shared/language'
import type { Field, State, Value } from '../shapes'

/** A value as the reader of the page knows it. */
export function text(field: Field | undefined, value: Value | undefined): string {
  if (value === null || value === undefined || value === '') return ''
  if (Array.isArray(value)) return value.length ? t(`${value.length} 份`, `${value.length} files`) : ''
  if (typeof value === 'object') return value.label
  if (typeof value === 'boolean') return value ? t('是', 'Yes') : t('否', 'No')
  if (field?.type === 'money') return t(`${yuan(String(value))} 元`, `¥${yuan(String(value))}`)
  if (field?.type === 'date') return day(String(value))
  if (field?.type === 'region') return say(counties.find((county) => county.code === value)?.title) || String(value)
  if (field?.type === 'choice') return say(field.choices?.find((choice) => choice.code === value)?.title) || String(value)
  return String(value)
}

export const titleOf = (field: Field): string => say(field.title) || t('对象', 'Subject')

export const stateTitle = (states: State[], state: string | undefined): string =>
  state ? say(states.find((each) => each.name === state)?.title) || state : ''
