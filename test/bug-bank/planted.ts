import type { Bug, Patch } from './bug.ts'
import { bugBank } from './bank.ts'

/** The environment variable that names the bug to plant, by its number. */
export const variable = 'STAYWARD_PLANTED_BUG'

export function chosenBug(environment: NodeJS.ProcessEnv): Bug | undefined {
  const chosen = environment[variable]
  if (chosen === undefined || chosen === '') return undefined
  const bug = bugBank.find(({ id }) => String(id) === chosen)
  if (!bug) throw new Error(`There is no bug ${chosen} in the bank.`)
  return bug
}

/** The patches of a bug for one file, named by any path or address that ends in its place in the repository. */
export function patchesFor(bug: Bug | undefined, file: string): readonly Patch[] {
  return bug?.patches.filter((patch) => file.endsWith(`/${patch.file}`)) ?? []
}

/** `source` with the bug in it. Throws where a patch does not fit any more: the source has moved on, and the bank has to. */
export function planted(source: string, patches: readonly Patch[]): string {
  return patches.reduce((text, { file, find, replace }) => {
    const parts = text.split(find)
    if (parts.length !== 2) throw new Error(`The text to change occurs ${parts.length - 1} times in ${file}: ${find}`)
    return parts.join(replace)
  }, source)
}
