import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const conditions = ['@stayward/source']

/** The adapters' own tests, with everything that passes between them and their fakes recorded. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['packages/adapters-*/*/test/**/*.test.ts'],
    setupFiles: ['test/specs/record.ts'],
    pool: 'threads',
    testTimeout: 20_000,
  },
})
