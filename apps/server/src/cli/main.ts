import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { processIo } from './io.ts'

// Most of a short command's time is loading the program; the second run finds it compiled.
enableCompileCache(fileURLToPath(new URL('../../../../node_modules/.cache/stayward', import.meta.url)))
const { run } = await import('./program.ts')

process.exitCode = await run(process.argv.slice(2), processIo)
