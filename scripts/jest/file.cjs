/** Images and fonts, seen from a unit test. */
module.exports = '';
