import { describeLockProvider } from '@stayward/core/testing'
import { subject } from './subject.ts'

describeLockProvider(subject)
