import { computed, ref } from 'vue'
import { api, Refusal, setCsrf, whenSignedOut } from '@/shared/api/client'
import type { Session } from '@/shared/api/types'
import type { Register, Row } from './catalogue'

/**
 * Who sits before the page. `open`: there are no accounts yet, so that anybody on this machine may read and nobody change
 * anything.
 */
export type Sitting = 'unknown' | 'signed-out' | 'open' | 'first-password' | 'signed-in'

export const sitting = ref<Sitting>('unknown')
export const session = ref<Session | null>(null)
export const user = computed(() => session.value?.user ?? null)
export const roles = computed(() => new Set(user.value?.grants.map((grant) => grant.role) ?? []))
export const mayWrite = computed(() => roles.value.has('clerk') || roles.value.has('manager'))
/** Whether one may change this of a record, as its pack says; where it lies is for the program to know. */
export function mayChange(register: Register, row: Row, field: string): boolean {
  const rules = register.access?.change
  if (!rules) return mayWrite.value
  return rules.some(
    (rule) =>
      rule.by.some((role) => roles.value.has(role)) &&
      (!rule.in.length || rule.in.includes(String(row.values.state))) &&
      (!rule.fields.length || rule.fields.includes(field)),
  )
}
export const mayCreate = (register: Register) => (register.access?.create ?? ['clerk', 'manager']).some((role) => roles.value.has(role))
export const mayReveal = (register: Register) => (register.access?.reveal ?? ['manager']).some((role) => roles.value.has(role))
export const isAdmin = computed(() => roles.value.has('admin'))

function take(given: Session) {
  session.value = given
  setCsrf(given.csrf)
  sitting.value = given.user.must_change_password ? 'first-password' : 'signed-in'
}

export async function beginSitting() {
  try {
    take(await api.get<Session>('/session'))
  } catch {
    // Without accounts the catalogue is open to all; with them it asks for a session.
    sitting.value = await api.get('/catalogue').then(
      () => 'open' as const,
      () => 'signed-out' as const,
    )
  }
}

export async function signIn(name: string, password: string, code: string) {
  take(await api.post<Session>('/session', { name, password, code }))
}

export async function signOut() {
  await api.delete('/session').catch(() => undefined)
  session.value = null
  setCsrf('')
  sitting.value = 'signed-out'
}

/** A new password ends this session's token too when the server says so; then one signs in again. */
export async function changePassword(old: string, fresh: string) {
  await api.post('/session/password', { old, new: fresh })
  await beginSitting()
}

whenSignedOut(() => {
  if (sitting.value !== 'unknown') sitting.value = 'signed-out'
})

export { Refusal }
