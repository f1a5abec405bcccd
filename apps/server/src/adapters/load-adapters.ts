import type { AnyAdapter } from '@stayward/core/adapter'
import smoobu from '@stayward/booking-smoobu'
import theKeys from '@stayward/lock-the-keys'
import smsfactor from '@stayward/notify-smsfactor'
import * as z from 'zod'

export type Adapters = ReadonlyMap<string, AnyAdapter>

/** What ships with this version. */
export const shippedAdapters: readonly AnyAdapter[] = [smoobu, theKeys, smsfactor]

/** The shape of an introduction from outside; what is inside is checked by `defineAdapter` when the package loads. */
const introduction = z.object({
  id: z.string(),
  displayName: z.string(),
  port: z.enum(['booking', 'lock', 'intercom', 'notifier']),
  specVersion: z.literal('v1'),
  hosts: z.array(z.string()),
  capabilities: z.record(z.string(), z.unknown()),
  open: z.function(),
})

/**
 * The shipped adapters and those of the packages the operator listed. A listed package is trusted like the hub itself:
 * it runs in the same process. Every package that cannot be used is reported at once, by name and reason.
 */
export async function loadAdapters(
  packages: readonly string[],
): Promise<{ readonly adapters: Adapters; readonly problems: readonly string[] }> {
  const adapters = new Map(shippedAdapters.map((adapter) => [adapter.id, adapter]))
  const problems: string[] = []
  for (const name of packages) {
    const loaded = await load(name)
    if ('problem' in loaded) problems.push(`The adapter package "${name}" ${loaded.problem}`)
    else if (adapters.has(loaded.adapter.id))
      problems.push(`The adapter package "${name}" takes the id "${loaded.adapter.id}", which another adapter has.`)
    else adapters.set(loaded.adapter.id, loaded.adapter)
  }
  return { adapters, problems }
}

async function load(name: string): Promise<{ readonly adapter: AnyAdapter } | { readonly problem: string }> {
  let module: { readonly default?: unknown }
  try {
    module = (await import(name)) as { readonly default?: unknown } // any module has this shape
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : 'it threw something that is no error'
    return { problem: `could not be loaded (${reason}). Is it installed beside the hub?` }
  }
  const checked = introduction.safeParse(module.default)
  if (checked.success) return { adapter: module.default as AnyAdapter } // just checked, as far as data can be
  const where = checked.error.issues.map((issue) => issue.path.join('.') || 'its default export').join(', ')
  return { problem: `is no Stayward adapter of version v1 (${where}).` }
}
