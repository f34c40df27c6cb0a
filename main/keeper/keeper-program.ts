// out/programs/keeper.cjs: what spawn.ts starts.
import { runProgram } from './program';

void runProgram();
