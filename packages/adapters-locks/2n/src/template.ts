import type { Entry } from './2n-api.ts'
import type { Template } from './2n-shapes.ts'

/**
 * What this model and firmware knows of `wanted`: a field that is not in the template makes the device refuse the whole
 * entry. Arrays get the template's length; elements that are not wanted stand as the template has them.
 */
export function fitted(wanted: Entry, template: Template): Entry {
  return Object.fromEntries(
    Object.entries(wanted)
      .filter(([name]) => name in template)
      .map(([name, value]) => [name, fit(value, template[name])]),
  )
}

function fit(value: unknown, like: unknown): unknown {
  if (Array.isArray(value) && Array.isArray(like))
    return like.map((element: unknown, index) => (index in value ? fit(value[index], element) : element))
  return isEntry(value) && isEntry(like) ? fitted(value, like) : value
}

/** Whether the device knows this field: `access.pin`. */
export function knows(template: Template, path: string): boolean {
  let at: unknown = template
  for (const name of path.split('.')) {
    if (!isEntry(at) || !(name in at)) return false
    at = at[name]
  }
  return true
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
