import type { Plugin } from 'vitest/config'
import { chosenBug, patchesFor, planted } from './planted.ts'

/** Plants the chosen bug into the sources that tests load. Without one it does nothing. */
export function plantedBug(): Plugin {
  const bug = chosenBug(process.env)
  return {
    name: 'planted-bug',
    enforce: 'pre',
    transform: (code, id) => {
      const patches = patchesFor(bug, id.split('?')[0] ?? id)
      return patches.length === 0 ? undefined : { code: planted(code, patches), map: null }
    },
  }
}
