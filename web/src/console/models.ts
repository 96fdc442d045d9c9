import type { Problem } from '@/shared/api/client'

/** The packs' decision models: tables of texts, as their authors write them. */
export interface TableColumn {
  use: 'input' | 'output' | 'note'
  label: string
  expression: string
  type: string
  allowed: string
  fallback: string
}
export interface DecisionTable {
  name: string
  hit_policy: string
  columns: TableColumn[]
  rules: string[][]
}
export interface ModelOf {
  pack: string
  name: string
  decisions: string[]
  decides: { register: string; policy: string }[]
}
export interface Model extends ModelOf {
  tables: DecisionTable[]
  findings: Problem[]
}
export interface Checked {
  findings: Problem[]
  usable: boolean
  xml: string
}
export interface Outcome {
  value: string
  explanation: { zh: string; en: string }
  problems: Problem[]
}

export const addressOf = (model: { pack: string; name: string }) => `/models/${model.pack}/${model.name}`

// What was edited and not put into the pack yet, kept in this browser.
const keyOf = (model: { pack: string; name: string }) => `model.${model.pack}.${model.name}`
export function readTables(model: ModelOf): DecisionTable[] | undefined {
  try {
    return (JSON.parse(localStorage.getItem(keyOf(model)) ?? 'null') as DecisionTable[] | null) ?? undefined
  } catch {
    return undefined
  }
}
export const keepTables = (model: ModelOf, tables: DecisionTable[]) =>
  localStorage.setItem(keyOf(model), JSON.stringify(tables))
export const dropTables = (model: ModelOf) => localStorage.removeItem(keyOf(model))
