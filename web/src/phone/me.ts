import { ref, shallowRef } from 'vue'
import { api, Refusal, setCsrf, whenSignedOut } from '@/shared/api/client'
import type { Me, Own, Register } from './shapes'

/** Who is signed in: undefined until it is known, null when nobody is. */
export const me = shallowRef<Me | null | undefined>(undefined)
/** A member of the union's staff, whose place is the console; here only for surveys. */
export const isStaff = ref(false)
/** What is open to the worker, and to everyone. */
export const registers = shallowRef<Register[]>([])
export const opened = shallowRef<Register[]>([])
/** All that concerns the worker, by register. */
export const records = shallowRef<Record<string, Own[]>>({})

export const register = (name: string) => registers.value.find((each) => each.name === name)
export const openRegister = (name: string) => opened.value.find((each) => each.name === name)
export const ofTheme = (theme: string) => registers.value.filter((each) => each.theme === theme)

interface Session {
  csrf: string
  user: { is_worker?: boolean }
}

const signedIn = 'signed-in'
whenSignedOut(() => {
  me.value = null
  localStorage.removeItem(signedIn)
})

export async function enter(session: Session) {
  setCsrf(session.csrf)
  localStorage.setItem(signedIn, '1')
  isStaff.value = !session.user.is_worker
  if (isStaff.value) me.value = null
  else await refresh()
}

/** Asks who is signed in. Whoever never signed in on these pages is not asked for, which saves a request, unless he may have in the console. */
export async function begin(orInConsole = false) {
  if (!localStorage.getItem(signedIn) && !orInConsole) me.value = null
  else
    try {
      await enter(await api.get<Session>('/session'))
    } catch {
      me.value = null
    }
}

export async function refresh() {
  const [who, open] = await Promise.all([api.get<Me>('/me'), api.get<Register[]>('/me/registers')])
  registers.value = open
  records.value = who.confirmed ? await api.get<Record<string, Own[]>>('/me/records') : {}
  me.value = who
}

export async function loadOpened() {
  if (!opened.value.length) opened.value = await api.get<Register[]>('/public/registers')
}

export async function leave() {
  await api.delete('/session').catch((fault) => {
    if (!(fault instanceof Refusal)) throw fault
  })
  localStorage.removeItem(signedIn)
  me.value = null
  records.value = {}
}

export const problemsOf = (fault: unknown) => (fault instanceof Refusal ? fault.problems : [])
