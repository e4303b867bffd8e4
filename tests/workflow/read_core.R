# Prints the types of some columns of features_core.csv, how many rows have no landmarks, and a sum.
faces <- read.csv(commandArgs(trailingOnly = TRUE)[1], na.strings = "", encoding = "UTF-8")
for (name in c("success", "x_0", "yaw_deg", "width", "image_id")) cat(class(faces[[name]]), "\n")
cat(sum(is.na(faces$x_0)), "\n")
cat(sprintf("%.2f", sum(faces$x_30, na.rm = TRUE)), "\n")
