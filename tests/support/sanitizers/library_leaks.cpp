/// What LeakSanitizer is not to report. libxlsxwriter 1.1.4 keeps a copy of a drop-down's formula that it never frees
/// (worksheet_data_validation_range), some twenty bytes a column of a template. Only texts that the library copies for
/// itself are meant: were a workbook left open, all else that it holds would be reported still.
extern "C" const char* __lsan_default_suppressions();

extern "C" const char* __lsan_default_suppressions() { return "leak:lxw_strdup\n"; }
