import type { Register } from './catalogue'

/** How a state looks: where nothing leads on it is done well or ended otherwise, and before that it is under way. */
export function stateKind(register: Register, state: string): 'good' | 'bad' | 'warn' | '' {
  const flow = register.flow
  if (!flow) return ''
  if (/refus|reject|withdraw|cancel|return/.test(state)) return 'bad'
  if (!flow.steps.some((step) => step.from === state)) return 'good'
  return state === flow.start ? '' : 'warn'
}
