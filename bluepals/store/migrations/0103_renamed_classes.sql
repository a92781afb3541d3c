-- A class that has another name keeps the day on which it opens its letters, and the stacks that its teacher sorts.
GRANT UPDATE (class_name) ON class_opening TO bluepals_app;
GRANT UPDATE (class_name) ON stack TO bluepals_app;
