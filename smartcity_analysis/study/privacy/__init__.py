"""Personal data: found in texts, files and folders, refused or replaced; cells so small that they tell on somebody."""
