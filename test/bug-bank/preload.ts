/** Plants the chosen bug into the sources that a Node process loads: `node --import <this file>`. */
import { registerHooks } from 'node:module'
import { chosenBug, patchesFor, planted } from './planted.ts'

const bug = chosenBug(process.env)
if (bug)
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context)
      const patches = patchesFor(bug, url)
      if (patches.length === 0 || loaded.source === undefined || loaded.source === null) return loaded
      const source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source)
      return { ...loaded, source: planted(source, patches) }
    },
  })
