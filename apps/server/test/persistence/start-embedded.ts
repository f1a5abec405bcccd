// Starts the embedded server of a directory and stays until it is killed. Prints what it got as one line of JSON.
import { startEmbeddedPostgres } from '../../src/persistence/embedded-postgres.ts'

const { url, pid, startedHere } = await startEmbeddedPostgres({ dir: process.argv[2] ?? '', fast: true, trust: false })
process.stdout.write(`${JSON.stringify({ url, pid, startedHere })}\n`)
setInterval(() => undefined, 60_000)
