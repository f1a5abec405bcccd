import type { MemoryState } from './memory-state.ts'

/** A copy of everything a tenant has, as a backup would hold it. */
export const snapshotOf = (state: MemoryState): MemoryState => structuredClone(state)

/** Puts a copy back into the living state: what has happened since is forgotten. */
export function setBack(state: MemoryState, snapshot: MemoryState): void {
  const kept = structuredClone(snapshot)
  for (const name of Object.keys(state) as (keyof MemoryState)[])
    if (!(name in kept)) Reflect.deleteProperty(state, name)
  for (const [name, value] of Object.entries(kept)) {
    const now: unknown = Reflect.get(state, name)
    if (now instanceof Map && value instanceof Map) {
      now.clear()
      for (const [key, one] of value) now.set(key, one)
    } else if (Array.isArray(now) && Array.isArray(value)) now.splice(0, now.length, ...(value as unknown[]))
    else Reflect.set(state, name, value)
  }
}
