import { startPage } from '../shared/header.js';

startPage();
