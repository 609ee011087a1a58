using BinarySync.Campaign;

if (CampaignOptions.Parse(args) is { } options)
{
    return new Runner(options).Run();
}

Console.Error.WriteLine(CampaignOptions.Usage);
return 2;
