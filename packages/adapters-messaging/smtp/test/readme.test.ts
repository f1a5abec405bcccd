import { describeReadme } from '@stayward/core/testing'
import smtp from '../src/adapter.ts'

describeReadme(smtp, new URL('../README.md', import.meta.url), new URL('try-it.ts', import.meta.url))
