/** The shapes of the interface, by name, from its description. */
import type { components } from './schema'

type Schemas = components['schemas']
export type Session = Schemas['Session']
export type User = Schemas['User']
export type Grant = Schemas['Grant']
export type Figure = Schemas['Figure']
export type Part = Schemas['Part']
export type Change = Schemas['Change']
export type Step = Schemas['Step']
export type Taken = Schemas['Taken']
export type Link = Schemas['Link']
