// Takes away what an earlier build has left: a file whose source is gone would be published for ever.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const { references } = JSON.parse(readFileSync(join(root, 'tsconfig.build.json'), 'utf8')) as {
  references: readonly { path: string }[] // ours
}
for (const { path } of references)
  for (const built of ['dist', 'tsconfig.build.tsbuildinfo'])
    rmSync(join(root, path, '..', built), { recursive: true, force: true })
