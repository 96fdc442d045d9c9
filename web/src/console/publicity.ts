import { api } from '@/shared/api/client'
import { t } from '@/shared/language'
import { registerOf, type Page, type Register, type Row } from './catalogue'

/** How the publicity of a record stands (docs/api.md). */
export interface Standing {
  today: string
  standing: 'none' | 'running' | 'disputed' | 'upheld' | 'unopposed'
  period: { id: string; opened_on: string; ends_on: string } | null
  answers_owed: { objection: string; due_on: string }[]
}

export const objectionsTo = (register: Register) => registerOf(`${register.name}_objection`)

export const standingOf = (register: Register, row: Row) => api.get<Standing>(`/registers/${register.name}/records/${row.id}/publicity`)
export const objectionsOf = async (objections: Register, row: Row) =>
  (await api.get<Page>(`/registers/${objections.name}/records`, { linked: `part_of:${row.id}`, limit: 200 })).items

export const standingTitle = ({ standing }: Standing) =>
  ({
    none: '',
    running: t('公示中', 'On the public list'),
    disputed: t('公示期满，异议待答复', 'Over, an objection waits for its answer'),
    upheld: t('异议成立', 'An objection was upheld'),
    unopposed: t('公示期满，无异议', 'Over, no objection stands'),
  })[standing]

/** Whole days from the first day to the second: 0 on the last one. */
export const daysBetween = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
