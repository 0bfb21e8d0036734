export const LISTED = new Map();
