"""What an Excel workbook holds, found within bounds before a library reads it."""
